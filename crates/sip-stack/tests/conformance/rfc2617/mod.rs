mod section_3_2_2_1;
mod section_3_5;
