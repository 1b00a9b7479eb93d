# Os comandos do curso. `make` sem nada mostra a lista; o que cada um faz está em tasks.py, que
# também serve onde não há make: `python tasks.py aula PORTA=9000` é `make aula PORTA=9000`.
PYTHON ?= python3
TASKS := ajuda aula instalar conferir test lint notebooks sumario livro livro-abrir slides robustez bench \
	manutencao test-minimos mutantes travar atualizar torch-cpu

.DEFAULT_GOAL := ajuda
.PHONY: $(TASKS)

# As opções escritas depois do nome (`PORTA=9000`) chegam pelo ambiente.
$(TASKS):
	@$(PYTHON) tasks.py $@
