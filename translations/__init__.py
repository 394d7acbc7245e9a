"""The translations of the app: extracting texts, and compiling what was translated."""
