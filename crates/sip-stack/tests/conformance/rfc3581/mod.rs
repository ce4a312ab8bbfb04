mod section_4;
