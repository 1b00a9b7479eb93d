# Os comandos do curso. `make` sem nada mostra a lista.
PYTHON ?= python3
PORTA ?= 8888
PORTA_LIVRO ?= 8000
BIN := .venv/bin
READY := .venv/.pronto
NOTEBOOKS ?= $(wildcard notebooks/*.ipynb)
# Junta as linhas das barras de progresso e troca as figuras interativas pelas estáticas.
AFTER_EXECUTION := ["nbconvert.preprocessors.CoalesceStreamsPreprocessor", \
	"gan_lessons.panel.keep_static_outputs"]

.DEFAULT_GOAL := ajuda
.PHONY: ajuda aula test lint notebooks bench livro livro-abrir robustez

ajuda:
	@echo "make aula        abre o curso no JupyterLab (PORTA=8888)"
	@echo "make test        confere tudo: código, cadernos e navegador"
	@echo "make notebooks   executa os cadernos e grava as saídas (NOTEBOOKS=… escolhe quais)"
	@echo "make lint        conserta o formato do código"
	@echo "make robustez    mede a folga de cada afirmação (AULA=…, ARREDONDAMENTOS=0-11, OCUPADO=1)"
	@echo "make bench       mede os treinos lado a lado"
	@echo "make livro       monta o livro em build/livro"
	@echo "make livro-abrir monta o livro e o serve neste computador (PORTA_LIVRO=8000)"

# O ambiente se refaz só quando as dependências mudam.
$(READY): pyproject.toml jupyter/overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "O curso precisa do Python 3.11 ou mais novo. Escolha um com: make aula PYTHON=python3.12"; exit 1; }
	@echo "Preparando o ambiente em .venv (só na primeira vez; alguns minutos)…"
	@$(PYTHON) -m venv .venv || { \
		echo "Falta o módulo venv do Python. No Debian e no Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[book,test]'
	@touch $(READY)

# O JupyterLab não aceita o usuário root sem --allow-root.
aula: $(READY)
	$(BIN)/jupyter lab --port=$(PORTA) $$([ "$$(id -u)" = 0 ] && echo --allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/00_comece_aqui.ipynb

test: $(READY)
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(READY)
	$(BIN)/python -m nbconvert --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False --CoalesceStreamsPreprocessor.enabled=True \
		--Exporter.preprocessors='$(AFTER_EXECUTION)' $(NOTEBOOKS)

bench: $(READY)
	$(BIN)/python tests/bench/bench.py

# Cada aula é executada sob muitos arredondamentos: quase duas horas; interrompida, continua.
robustez: $(READY)
	PYTHONPATH="$(CURDIR):$(CURDIR)/tests" $(BIN)/python -m robustness $(AULA) \
		--arredondamentos $(or $(ARREDONDAMENTOS),0-11) \
		$(if $(PROCESSOS),--processos $(PROCESSOS)) $(if $(OCUPADO),--ocupado)

# O mdBook chama `python` para ler os cadernos: tem de ser o do ambiente.
livro: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" mdbook build
	$(BIN)/python -m gan_lessons.book.site build/livro
	@echo "O livro está em build/livro. Para ler com a busca: make livro-abrir"

livro-abrir: livro
	@echo "O livro está em http://127.0.0.1:$(PORTA_LIVRO) (Ctrl+C encerra)"
	@$(BIN)/python -m http.server $(PORTA_LIVRO) --bind 127.0.0.1 --directory build/livro
