"""Uma palavra para cada ideia: as outras, que os textos do curso não devem usar.

Só o que um padrão decide. ``python tests/language.py [aula]`` lista onde estão.
"""

import re
import sys

import spelling

# O que não se escreve → o que se escreve. Entre crases, no código e em itálico inglês, pode.
WORDS = {
    r"(?:um|o|os|uns|do|dos|no|nos|ao|aos|pelo|pelos|este|esse|deste|desse|neste|nesse|num|outro"
    r"|mesmo) GANs?(?! Lab)": "GAN é feminina: uma GAN, as GANs",
    r"por omissão": "por padrão",
    r"apanh(?:ad[oa]s?|ar|ou|am)": "pego, pegar",
    r"treinamentos?": "treino",
    r"aprendizagem": "aprendizado",
    r"(?:mini-?)?batch(?:es)?(?! norm)|mini-?lotes?": "lote",
    r"batch norm\w*": "normalização em lote",
    r"overfit\w*|super-?ajuste|sobre-ajuste": "sobreajuste",
    r"datasets?": "dados, conjunto de dados",
    r"loops?": "laço",
    r"rede (?:geradora|discriminadora)": "gerador, discriminador",
    r"função de custo|perda adversária": "perda",
    r"colapso (?:modal|do modo)": "colapso de modos",
    r"e?scores?": "placar, medida",
    r"recall": "revocação",
    r"strides?": "salto",
    r"paddings?(?![\w-]*:)": "borda",
    r"exatidão|taxa de acertos?": "acurácia",
    r"pesos? (?:dos?|de cada) modos?": "fatias dos modos: pesos são os das redes",
    r"(?:núcleo|borda|margem)[^.|\n]{0,25}\bpasso \d|passo \d[^.|\n]{0,12}(?:margem|borda)": (
        "salto: passo é o do treino"
    ),
    r"margem [0-3]\b(?!,?\d|\s?%)": "borda: margem é a de um intervalo",
    r"núcleo ligado|sem núcleo|versão do núcleo": "kernel, o do Jupyter",
    r"teto (?:do juiz|da acurácia)": "referência: reais contra reais",
    r"(?:medida|placar|conjunto|fração|nota)s? de nota": "placar",
    r"(?:uma|a|as|da|das|na|nas|duas|toda|cada|nenhuma|de|sua|suas|esta) notas?"
    r" (?:de (?:cópia|fidelidade|cobertura)|do (?:juiz|gerador)|da (?:receita|mistura|melhor)"
    r"|melhorou|mente|mentem|enganad[ao]s?|sem intervalo)": ("placar, medida: nota é a do Zeca"),
    r"duas notas|perdas e das notas|notas independentes|tira(?:m|r)? notas": (
        "placar, medida: nota é a do Zeca"
    ),
}
QUOTED = re.compile(
    r"``.+?``|`[^`]*`|\*\([^)]*\)\*|\(\*[^*)]+\*\)|\[[^\]]+\](?=\(https?:)"
    r"|\]\([^()\s]*\)|\(\d{4}\),\s\"[^\"]*\"",
    flags=re.DOTALL,
)
PATTERNS = {re.compile(rf"\b(?:{words})\b", re.IGNORECASE): use for words, use in WORDS.items()}


def misused(paths=None):
    """``(lugar, o que está escrito, o que se escreve)`` de cada palavra trocada."""
    for place, text in spelling.texts(paths):
        text = QUOTED.sub(" x1 ", text)
        for pattern, use in PATTERNS.items():
            for match in pattern.finditer(" ".join(text.split())):
                yield place, match[0], use


def main(arguments):
    """Lista as palavras trocadas dos arquivos dados, ou de todos."""
    for place, words, use in misused([spelling.ROOT / argument for argument in arguments]):
        print(f"{place}: {words!r} → {use}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
