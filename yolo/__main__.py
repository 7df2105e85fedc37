"""Run the command line: `python -m yolo`."""

from yolo.cli import main

if __name__ == "__main__":
    main()
