"""Where data about the machine comes in; nothing else uses psutil."""
