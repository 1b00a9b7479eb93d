"""``python -m robustness``: o que `make robustez` chama."""

from robustness.audit import main

if __name__ == "__main__":
    main()
