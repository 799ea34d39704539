"""What a folder or the wheel is made of, and who answers for it: bills of materials, signatures."""
