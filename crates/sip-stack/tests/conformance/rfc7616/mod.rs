mod section_3_3;
mod section_3_4;
mod section_3_4_2;
mod section_3_5;
mod section_3_7;
mod section_3_9;
