mod section_17_1_2;
mod section_17_2_2;
