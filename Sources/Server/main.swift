print("tilleul")
