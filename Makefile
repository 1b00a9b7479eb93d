# Os comandos do curso. `make` sem nada mostra a lista.
PYTHON ?= python3
PORTA ?= 8888
PORTA_LIVRO ?= 8000
TORCH ?= cpu
CPU_INDEX := https://download.pytorch.org/whl/cpu
PATIENCE := 8
BIN := .venv/bin
READY := .venv/.pronto
MAINTAINER := .venv/.manutencao
LOCK := constraints.txt
NOTEBOOKS ?= $(wildcard notebooks/*.ipynb)
# Um processo por núcleo, um arquivo inteiro em cada um, os demorados na frente.
PYTEST := -m pytest --numprocesses logical --maxprocesses 8 --dist loadscope --no-loadscope-reorder \
	--durations 15 --durations-min 2 $(if $(RAPIDO),-m "not browser and not long_lesson")
# Junta as linhas das barras de progresso e troca as figuras interativas pelas estáticas.
AFTER_EXECUTION := ["nbconvert.preprocessors.CoalesceStreamsPreprocessor", \
	"gan_lessons.panel.keep_static_outputs"]

.DEFAULT_GOAL := ajuda
.PHONY: ajuda aula torch-cpu test lint notebooks sumario bench livro livro-abrir \
	travar atualizar test-minimos mutantes robustez

ajuda:
	@echo "make aula         abre o curso no JupyterLab (PORTA=8888)"
	@echo "make test         confere tudo: código, cadernos e navegador (RAPIDO=1: só o que é rápido)"
	@echo "make notebooks    executa os cadernos e grava as saídas (NOTEBOOKS=… escolhe quais)"
	@echo "make sumario      refaz o índice com links de cada caderno"
	@echo "make lint         conserta o formato do código"
	@echo "make robustez     mede a folga de cada afirmação (AULA=…, ARREDONDAMENTOS=0-11, OCUPADO=1)"
	@echo "make bench        mede os treinos lado a lado"
	@echo "make livro        monta o livro em build/livro"
	@echo "make livro-abrir  monta o livro e o serve neste computador (PORTA_LIVRO=8000)"
	@echo "make test-minimos confere tudo com as versões mais antigas que o pacote aceita"
	@echo "make mutantes     planta erros no código e conta os que os testes não notam (horas)"
	@echo "make travar       põe em $(LOCK) o que falta, sem mudar o resto"
	@echo "make atualizar    renova as versões de $(LOCK)"

# O ambiente se refaz só quando as dependências mudam.
$(READY): pyproject.toml requirements.txt $(LOCK) jupyter/overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
		echo "O curso precisa do Python 3.11 a 3.14. Escolha um com: make aula PYTHON=python3.12"; exit 1; }
	@echo "Preparando o ambiente em .venv (só na primeira vez; alguns minutos)…"
	@$(PYTHON) -m venv .venv || { \
		echo "Falta o módulo venv do Python. No Debian e no Ubuntu: apt install python3-venv"; exit 1; }
	@$(MAKE) --no-print-directory torch-cpu
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $(READY)

# No Linux, a PyTorch do PyPI traz gigabytes de CUDA; o índice da própria PyTorch tem a que só usa
# a CPU. Onde ele não responde em segundos, ou não tem a versão pedida, fica-se com a do PyPI.
torch-cpu:
	@[ "$(TORCH)" = cpu ] && [ "$$(uname -s)" = Linux ] || exit 0; \
	if timeout $(PATIENCE) $(BIN)/python -c 'import sys; from urllib.request import Request, urlopen; \
		urlopen(Request(sys.argv[1], headers={"User-Agent": "pip"}))' $(CPU_INDEX)/torch/ 2>/dev/null; \
	then $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--index-url $(CPU_INDEX) --constraint $(LOCK) torch \
		|| echo "O índice de CPU não tem a PyTorch pedida: fica a do PyPI."; \
	else echo "O índice de CPU da PyTorch não respondeu: fica a do PyPI."; fi

$(MAINTAINER): $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[dev]'
	@touch $(MAINTAINER)

# O JupyterLab não aceita o usuário root sem --allow-root.
aula: $(READY)
	$(BIN)/jupyter lab --port=$(PORTA) $$([ "$$(id -u)" = 0 ] && echo --allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/00_comece_aqui.ipynb

test: $(READY)
	$(BIN)/python $(PYTEST)

lint: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(READY)
	$(BIN)/python -m nbconvert --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False --CoalesceStreamsPreprocessor.enabled=True \
		--Exporter.preprocessors='$(AFTER_EXECUTION)' $(NOTEBOOKS)

sumario: $(READY)
	$(BIN)/python tests/contents.py

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

# Uma só versão para todo Python, se houver: as saídas são as mesmas. Os pacotes de CUDA ficam de
# fora: a PyTorch de GPU pede os seus, e a de CPU não pode arrastá-los.
travar atualizar: $(MAINTAINER)
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--fork-strategy fewest --quiet --no-header --no-annotate $(if $(filter atualizar,$@),--upgrade) --output-file $(LOCK)
	@{ echo "# Versões exatas, para Linux, macOS e Windows. Quem escreve: make travar, make atualizar."; \
		grep -vE '^(#|cuda-|nvidia-|triton)' $(LOCK); } > $(LOCK).tmp
	@mv $(LOCK).tmp $(LOCK)

test-minimos: $(MAINTAINER)
	@rm -f build/minimos.txt
	@$(BIN)/uv pip compile pyproject.toml --extra book --extra test --resolution lowest-direct \
		--python $(BIN)/python --quiet --no-header --no-annotate --output-file build/minimos.txt
	@$(BIN)/python -m venv --clear .venv-minimos
	@$(MAKE) --no-print-directory torch-cpu BIN=.venv-minimos/bin LOCK=build/minimos.txt
	@.venv-minimos/bin/python -m pip install --quiet --disable-pip-version-check \
		-c build/minimos.txt -e '.[book,test]'
	.venv-minimos/bin/python $(PYTEST)

# Continua de onde parou; para recomeçar, apague a pasta mutants. MUTANTES='gan_lessons.losses*' escolhe.
mutantes: $(MAINTAINER)
	$(BIN)/mutmut run $(if $(MUTANTES),'$(MUTANTES)')
	$(BIN)/mutmut results
