"""Nenhum número da prosa sem uma conta: cada um tem a célula que o mostra, o afirma ou o define."""

import nbformat
import orphans
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LESSONS = sorted(orphans.NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_number_of_a_lesson_has_a_cell_that_computes_it(path):
    found = [f"[{cell}] {number.text}: {number.sentence}" for cell, number in orphans.orphans(path)]
    assert not found, "mostre ou afirme numa célula:\n" + "\n".join(found)


def test_no_accepted_orphan_is_left_over():
    alone = {
        (path.stem, cell, number.text)
        for path in LESSONS
        for cell, number, source in orphans.numbers(path)
        if source is None
    }
    for key, reason in orphans.exceptions().items():
        assert key in alone, f"já tem uma conta, ou sumiu: {key}"
        assert len(reason.split()) >= 3, key


def orphans_of(folder, prose, *, output="", source="x", section="## Contas\n\n"):
    """Os números órfãos de uma aula de um texto e uma célula de código, na mesma seção."""
    outputs = [new_output("stream", name="stdout", text=output)] if output else []
    cells = [
        new_markdown_cell("# Aula"),
        new_markdown_cell(section + prose),
        new_code_cell(source, outputs=outputs),
        new_markdown_cell("## Outra seção"),
        new_code_cell("print(7, 0.4321)"),
    ]
    path = folder / "09_exemplo.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return [number.text for _, number in orphans.orphans(path)]


@pytest.mark.parametrize(
    ("prose", "output"),
    [
        ("Acerta 0,56 das vezes.", "acurácia 0.5571"),
        ("Acerta 0,557 das vezes.", "acurácia: 0,5571"),
        ("Acerta 56 % das vezes.", "0,557"),
        ("Acerta 55,7 % das vezes.", "55,71 %"),
        ("Caiu −33,2 pontos.", "-33.24"),
        ("São 20 000 passos.", "20000 passos"),
        ("São 20.000 passos.", "20 000 passos"),
        ("São 100 mil pontos.", "100000"),
        ("Aparecem 8 modos.", "8,28"),
        ("Um p de 0,00002 não é acaso.", "p = 1.8e-05"),
        ("A faixa vai de 0,49 a 0,55.", "(0.494, 0.553)"),
    ],
)
def test_a_number_is_found_as_the_prose_rounds_it(tmp_path, prose, output):
    assert orphans_of(tmp_path, prose, output=output) == []


@pytest.mark.parametrize(
    ("prose", "output", "expected"),
    [
        ("Acerta 0,56 das vezes.", "acurácia 0.5471", ["0,56"]),
        ("Acerta 0,55 das vezes.", "acurácia 0.5571", ["0,55"]),  # truncado, e não arredondado
        ("Acerta 0,5571 das vezes.", "acurácia 0.56", ["0,5571"]),  # mais casas que a conta
        ("Acerta 57 % das vezes.", "0,557", ["57 %"]),
        ("Sobram 33 pontos.", "0.33", ["33"]),  # sem o sinal, por cento não é
        ("São 20 000 passos.", "2000", ["20 000"]),
        ("Aparecem 9 modos.", "8,28", ["9"]),
        ("| modos | 9 |\n|---|---|\n| bons | 12,5 % |", "8", ["9", "12,5 %"]),
        ("- Aparecem 9 modos.\n- E **12** fora.", "8", ["9", "12"]),
        ("Em 2014 havia 12 redes.", "8", ["12"]),
        ("Nada se calcula: 3,14.", "", ["3,14"]),
        ("Aparecem 7 modos.", "8", ["7"]),  # um número curto só vale na sua seção
        ("Com taxa 0,123 ele foge.", "8", ["0,123"]),  # o pacote não usa essa taxa
        ("São imagens de 77 × 77.", "8", ["77", "77"]),  # nem esse tamanho
    ],
)
def test_a_number_that_no_cell_computes_is_an_orphan(tmp_path, prose, output, expected):
    assert orphans_of(tmp_path, prose, output=output) == expected


def test_a_long_number_may_come_from_another_section_and_the_closing_sees_everything(tmp_path):
    assert orphans_of(tmp_path, "Deu 0,432 na outra.") == []
    assert orphans_of(tmp_path, "Eram 7.", section="## O que levar desta aula\n\n") == []
    assert orphans_of(tmp_path, "Eram 9.", section="## O que levar desta aula\n\n") == ["9"]


def test_the_source_of_a_cell_defines_data(tmp_path):
    assert (
        orphans_of(tmp_path, "São 1797 imagens de 8 × 8.", source="np.zeros((1_797, 8, 8))") == []
    )


@pytest.mark.parametrize(
    "prose",
    [
        "A seção 12 e os exercícios 13 e 14 explicam.",
        "Em 14 de abril de 2021, e desde 2014, nos anos 1990.",
        "A Lei nº 13.709/2018, art. 42, §3º, e o art. 218-C.",
        "$x = 42$ e $$y = 43$$ e `z = 44`, na ResNet-50, com R1.",
        "```\n45\n```",
        "1. um\n2. dois\n3. três",
        "Leva 17 min (ou 90 segundos).",
        "O [artigo](https://arxiv.org/abs/1406.2661) mediu 0,123 em 99 imagens.",
        "Goodfellow mediu 0,123.",
        "O acaso acerta 50 %, com 95 % de confiança, entre 0 e 1.",
        "*Pressa.* Ponha as duas taxas em 0,0321.",
        "Com taxa 0,001, ele anda.",
        "São imagens de 64 × 64.",
    ],
)
def test_what_is_not_a_measure_needs_no_cell(tmp_path, prose):
    assert orphans_of(tmp_path, prose) == []


def test_a_sentence_may_lean_on_the_lesson_that_it_links(tmp_path):
    cell = new_code_cell("print(0.8765)", outputs=[])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "02_outra.ipynb")
    assert orphans_of(tmp_path, "Em [Outra](02_outra.ipynb) deu 0,88.") == []
    assert orphans_of(tmp_path, "Em [Outra](02_outra.ipynb#x) deu 0,89.") == ["0,89"]
    assert orphans_of(tmp_path, "Naquela aula deu 0,88.") == ["0,88"]
