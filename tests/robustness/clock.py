"""As afirmações cuja conta vem de um relógio: o caminho dos valores dentro de um caderno.

O que se sabe de um valor é uma marca: `False`, não vem de um relógio; `True`, vem; uma tupla ou um
dicionário de marcas, uma por parte; ``Each(marca)``, os elementos de uma lista. Assim, numa tabela
com a coluna dos segundos, as outras colunas continuam limpas.
"""

import ast
from dataclasses import dataclass, field

from robustness.claims import claim_texts, code_cells, confirm_calls, tree_of

CLOCKS = {
    "clock_gettime",
    "default_timer",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "process_time_ns",
    "thread_time",
    "time_ns",
    "timeit",
}
TIMES = {"duration", "elapsed", "seconds", "segundos", "tempo", "total_seconds"}


@dataclass(frozen=True)
class Each:
    """Os elementos de uma lista, todos com a mesma marca."""

    mark: object


@dataclass
class Flow:
    """O que se sabe de cada nome, célula após célula."""

    names: dict = field(default_factory=dict)
    functions: dict = field(default_factory=dict)

    def run(self, statements):
        """Segue as instruções, e devolve a marca do que elas retornam."""
        returned = False
        for statement in statements:
            returned = join(returned, self._follow(statement))
        return returned

    def _follow(self, node):
        match node:
            case ast.FunctionDef():
                self.functions[node.name] = node
                self.names.pop(node.name, None)
            case ast.Assign():
                for target in node.targets:
                    self._bind(target, self.mark(node.value))
            case ast.AugAssign():
                self._bind(node.target, join(self.mark(node.target), self.mark(node.value)))
            case ast.AnnAssign() if node.value:
                self._bind(node.target, self.mark(node.value))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as owner))):
                added = [self.mark(argument) for argument in node.value.args]
                if any(map(flat, added)):  # lista.append(tempo)
                    self._bind(owner, join(self.mark(owner), Each(added[-1])))
            case ast.Return() if node.value:
                return self.mark(node.value)
            case ast.For():
                self._bind(node.target, element(self.mark(node.iter)))
                return self.run([*node.body, *node.orelse])
            case ast.While() | ast.If():
                return self.run([*node.body, *node.orelse])
            case ast.With():
                return self.run(node.body)
            case ast.Try():
                handlers = [line for handler in node.handlers for line in handler.body]
                return self.run([*node.body, *handlers, *node.orelse, *node.finalbody])
        return False

    def _bind(self, target, mark):
        match target:
            case ast.Name():
                self.names[target.id] = mark
                self.functions.pop(target.id, None)
            case ast.Tuple() | ast.List():
                parts = mark if isinstance(mark, tuple) else None
                if parts is None or len(parts) != len(target.elts):
                    parts = [element(mark)] * len(target.elts)
                for part, known in zip(target.elts, parts, strict=True):
                    self._bind(part, known)
            case ast.Starred():
                self._bind(target.value, mark)
            case ast.Subscript() | ast.Attribute():
                owner = target
                while isinstance(owner, ast.Subscript | ast.Attribute):
                    owner = owner.value
                if flat(mark) and isinstance(owner, ast.Name):
                    column = text_key(getattr(target, "slice", None))
                    known = self.names.get(owner.id, False)
                    self.names[owner.id] = join(known, {column: mark} if column else mark)

    def mark(self, node):
        """A marca de uma expressão."""
        match node:
            case ast.Name():
                return self.names.get(node.id, False)
            case ast.Tuple():
                return tuple(self.mark(part) for part in node.elts)
            case ast.List() | ast.Set():
                marks = [self.mark(part) for part in node.elts]
                return Each(join(*marks)) if any(map(flat, marks)) else False
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                return {text_key(key): self.mark(value) for key, value in pairs}
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                inner = Flow(dict(self.names), dict(self.functions))
                for loop in node.generators:
                    inner._bind(loop.target, element(inner.mark(loop.iter)))
                is_dict = isinstance(node, ast.DictComp)
                return Each(inner.mark(node.value if is_dict else node.elt))
            case ast.Subscript():
                return self._mark_part(node)
            case ast.Attribute():
                return node.attr in TIMES or self.mark(node.value)
            case ast.Call():
                return self._mark_call(node)
            case ast.Lambda():
                return self.mark(node.body)
            case ast.AST():
                return any(flat(self.mark(child)) for child in ast.iter_child_nodes(node))
        return False

    def _mark_part(self, node):
        whole, key = self.mark(node.value), text_key(node.slice)
        if key in TIMES:
            return True
        match whole:
            case tuple() if isinstance(node.slice, ast.Constant) and isinstance(key, int):
                return whole[key] if -len(whole) <= key < len(whole) else True
            case dict() if key in whole:
                return whole[key]
            case dict() if isinstance(key, str) and isinstance(node.value, ast.Name):
                return False  # outra coluna
            case Each():
                return whole if isinstance(node.slice, ast.Slice) else whole.mark
        return whole

    def _mark_call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in CLOCKS or name in TIMES or _is_time(node.func) or _is_magic(name, arguments):
            return True
        marks = [self.mark(argument) for argument in arguments]
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            return self._mark_function(self.functions[node.func.id], marks)
        owner = self.mark(node.func.value) if isinstance(node.func, ast.Attribute) else False
        shaped = [mark for mark in (owner, *marks) if flat(mark)]
        return shaped[0] if len(shaped) == 1 and isinstance(shaped[0], dict) else bool(shaped)

    def _mark_function(self, function, marks):
        parameters = [argument.arg for argument in function.args.args]
        inner = Flow(dict(self.names), {**self.functions})
        inner.functions.pop(function.name, None)  # a recursão não diz nada de novo
        inner.names.update(dict.fromkeys(parameters, False))
        inner.names.update(zip(parameters, marks, strict=False))
        return inner.run(function.body)


def timed_claims(notebook):
    """As afirmações de um caderno que dependem de um relógio.

    Returns
    -------
    list of str
        O texto de cada uma, na ordem do caderno.
    """
    flow, found = Flow(), []
    for cell in code_cells(notebook):
        tree = tree_of(cell.source)
        flow.run(tree.body)
        calls = confirm_calls(tree)
        for text, call in zip(claim_texts(cell.source), calls, strict=True):
            if flat(flow.mark(call.args[1])):
                found.append(text)
    return found


def flat(mark):
    """Se alguma parte da marca vem de um relógio."""
    match mark:
        case Each():
            return flat(mark.mark)
        case tuple():
            return any(map(flat, mark))
        case dict():
            return any(map(flat, mark.values()))
    return bool(mark)


def join(first, *others):
    """A marca do que pode ser uma coisa ou outra."""
    for other in others:
        match first, other:
            case (tuple(), tuple()) if len(first) == len(other):
                first = tuple(join(*pair) for pair in zip(first, other, strict=True))
            case (dict(), dict()):
                first = {
                    key: join(first.get(key, False), other.get(key, False)) for key in first | other
                }
            case (Each(), Each()):
                first = Each(join(first.mark, other.mark))
            case (_, _) if not flat(other):
                pass
            case (_, _) if not flat(first):
                first = other
            case _:
                first = True
    return first


def element(mark):
    """A marca de um elemento, de uma linha ou de uma parte qualquer."""
    match mark:
        case Each():
            return mark.mark
        case tuple():
            return join(*mark) if mark else False
    return mark


def text_key(node):
    """A chave de ``tabela["chave"]`` e de ``tabela.loc[linha, "chave"]``, se está escrita ali."""
    if isinstance(node, ast.Tuple) and node.elts:
        node = node.elts[-1]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = text_key(node.operand)
        return -inner if isinstance(inner, int) else None
    return node.value if isinstance(node, ast.Constant) else None


def _is_time(function):
    """``time.time``, que o nome sozinho não denuncia."""
    is_attribute = isinstance(function, ast.Attribute) and function.attr == "time"
    return is_attribute and getattr(function.value, "id", "") == "time"


def _is_magic(name, arguments):
    """``%timeit`` e ``%time``, depois de traduzidos pelo IPython."""
    first = arguments[0] if name in ("run_line_magic", "run_cell_magic") else None
    return isinstance(first, ast.Constant) and str(first.value).startswith("time")
