mod section_4_1;
mod section_4_2;
