"""python -m feeder"""

from feeder.cli import main

if __name__ == "__main__":
    main()
