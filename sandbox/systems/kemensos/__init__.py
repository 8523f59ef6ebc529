"""The ministry of social affairs (Kemensos): REST for those who hold a token of its own."""
