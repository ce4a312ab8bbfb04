mod section_17_1_2;
mod section_17_1_3;
mod section_17_2_2;
mod section_17_2_3;
mod section_18_2_1;
mod section_18_2_2;
mod section_8_1_1_7;
