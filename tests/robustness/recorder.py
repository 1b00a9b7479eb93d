"""Dentro do kernel da auditoria: outros arredondamentos, e a leitura de cada comparação.

O número do arredondamento e o arquivo das leituras vêm do ambiente; o perfil do IPython que a
auditoria prepara chama `start`.
"""

import ast
import json
import os

import torch

from robustness.claims import claim_texts, confirm_calls, print_of
from robustness.readings import Readings

NUMBER = "ROBUSTEZ_ARREDONDAMENTO"
OUTPUT = "ROBUSTEZ_LEITURAS"
AUDIT = "__auditoria__"
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)
CLOSE = {"allclose", "isclose"}
SAME_TRUTH = {"all", "bool", "bool_", "item"}


def start(shell):
    """Liga a auditoria num IPython que acaba de nascer."""
    change_roundings(int(os.environ[NUMBER]))
    Recorder(shell, os.environ[OUTPUT])


def change_roundings(number):
    """Multiplica por 1 + `number`·2⁻²³ tudo o que sai das camadas com pesos.

    A conta entra no `forward` das camadas, onde `functional_call`, `vmap` e `make_fx` a veem: o
    passo compilado de uma população leva a constante, e um número novo é outro código.
    """
    if number == 0:
        return
    factor = 1 + number * 2.0**-23

    def rounded(function):
        def changed(*args, **kwargs):
            return function(*args, **kwargs) * factor

        return changed

    for layer in (torch.nn.Linear, torch.nn.Conv2d, torch.nn.ConvTranspose2d):
        layer.forward = rounded(layer.forward)
    torch.baddbmm = rounded(torch.baddbmm)


class Recorder(ast.NodeTransformer):
    """Troca, em cada célula, as comparações de um `confirm` por chamadas que as anotam.

    Uma afirmação que não se cumpre também é só anotada: a aula segue até o fim.
    """

    def __init__(self, shell, output):
        self.output = output
        self.readings = Readings()
        self.sites = {}  # de um nome às comparações da conta que o definiu
        self.n_sites = 0
        self.cell = ""
        self.calls = []
        self.claims = []
        shell.user_ns_hidden[AUDIT] = self
        shell.user_ns[AUDIT] = self
        shell.events.register("pre_run_cell", self._begin)
        shell.ast_transformers.append(self)

    def _begin(self, info):
        self.cell = info.raw_cell
        self.readings.pending.clear()

    def visit_Module(self, module):
        texts = claim_texts(self.cell)
        self.calls = confirm_calls(module)
        first = len(self.claims)
        self.claims += [(text, print_of(self.cell, text)) for text in texts]
        self.numbers = {call: first + index for index, call in enumerate(self.calls)}
        body = []
        for statement in module.body:
            if isinstance(statement, ast.Assign):
                self._keep(statement)
            body.append(self.generic_visit(statement))
        module.body = body
        return ast.fix_missing_locations(module)

    def _keep(self, statement):
        """``nome = conta``: as comparações da conta valem onde o nome for confirmado."""
        (target, *others) = statement.targets
        if others or not isinstance(target, ast.Name):
            return
        sites = []
        value = self._watch(statement.value, True, sites)
        self.sites.pop(target.id, None)
        if sites:
            self.sites[target.id] = sites
            statement.value = _call("keep", ast.Constant(target.id), value)

    def visit_Call(self, call):
        self.generic_visit(call)
        if call not in self.numbers:
            return call
        sites = []
        holds = self._watch(call.args[1], True, sites)
        return _call("claim", ast.Constant(self.numbers[call]), _constants(sites), holds)

    def _watch(self, node, positive, sites):
        """`node`, com as comparações de que a verdade depende anotadas.

        `positive` diz se a afirmação quer `node` verdadeiro; `sites` recebe as comparações. O que
        não é comparação fica como está: dele só se sabe se a afirmação se cumpriu.
        """
        match node:
            case ast.Compare() if all(isinstance(op, ORDERED) for op in node.ops):
                numbers = [self._new_site(sites) for _ in node.ops]
                names = _constants([type(op).__name__ for op in node.ops])
                operands = ast.List([node.left, *node.comparators], ast.Load())
                wanted = ast.Constant(positive)
                return _call("compare", _constants(numbers), names, operands, wanted)
            case ast.BoolOp() if isinstance(node.op, ast.And) == positive:
                node.values = [self._watch(value, positive, sites) for value in node.values]
            case ast.UnaryOp(op=ast.Not()):
                node.operand = self._watch(node.operand, not positive, sites)
            case ast.Name() if node.id in self.sites:
                sites += self.sites[node.id]
                return _call("recall", ast.Constant(node.id), node, ast.Constant(positive))
            case ast.GeneratorExp() | ast.ListComp():
                node.elt = self._watch(node.elt, positive, sites)
            case ast.Call():
                return self._watch_call(node, positive, sites)
        return node

    def _watch_call(self, node, positive, sites):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in CLOSE and len(node.args) >= 2:
            site = ast.Constant(self._new_site(sites))
            return ast.Call(_method("close"), [site, node.func, *node.args], node.keywords)
        if name == "between" and len(node.args) == 2:
            site = ast.Constant(self._new_site(sites))
            return ast.Call(_method("between"), [site, node.func.value, *node.args], node.keywords)
        if name not in SAME_TRUTH or (name == "all" and not positive):
            return node
        if node.args:
            node.args[0] = self._watch(node.args[0], positive, sites)
        elif isinstance(node.func, ast.Attribute):
            node.func.value = self._watch(node.func.value, positive, sites)
        return node

    def _new_site(self, sites):
        self.n_sites += 1
        sites.append(self.n_sites)
        return self.n_sites

    def claim(self, number, sites, holds):
        """Anota uma afirmação: uma linha por comparação, ou uma só, sem margem."""
        text, cell = self.claims[number]
        rows = self.readings.take(sites) or [(0, None, None, None)]
        with open(self.output, "a", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps([text, cell, bool(holds), *row]) + "\n")
        print(f"{'✔' if holds else '✘'} {text}")


def _method(name):
    """``__auditoria__.readings.name``, ou ``__auditoria__.claim``."""
    audit = ast.Name(AUDIT, ast.Load())
    owner = audit if name == "claim" else ast.Attribute(audit, "readings", ast.Load())
    return ast.Attribute(owner, name, ast.Load())


def _call(name, *args):
    return ast.Call(_method(name), list(args), [])


def _constants(values):
    return ast.List([ast.Constant(value) for value in values], ast.Load())
