"""``python -m gan_lessons conferir``: diz se o curso funciona nesta máquina, e o que consertar."""

import sys


def main(arguments):
    """O comando; devolve 0 se nada impede o curso, 1 se algo impede, 2 se não há tal comando."""
    if arguments != ["conferir"]:
        print("uso: python -m gan_lessons conferir", file=sys.stderr)
        return 2
    if hasattr(sys.stdout, "reconfigure"):  # um terminal antigo do Windows não sabe escrever ✔
        sys.stdout.reconfigure(errors="replace")
    try:
        from gan_lessons.diagnosis import report
    except ModuleNotFoundError as error:  # um ambiente incompleto é o que este comando procura
        print(f"✘ falta o pacote {error.name}\n    → na pasta do curso: python tasks.py instalar")
        return 1
    return 0 if report() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
