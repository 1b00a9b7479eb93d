"""O que entra num treino, conferido antes do primeiro passo: dados, classes, redes."""

import copy

import torch
from torch import nn

from gan_lessons.validation import (
    check_array,
    check_choice,
    check_int,
    check_labels,
    check_module,
    check_points,
)


def resolve_device(device):
    """Leva ``"cpu"``, ``"cuda"`` ou ``"auto"`` (GPU se houver) a um `torch.device`."""
    check_choice(device, "device", ("cpu", "cuda", "auto"))
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise ValueError(
            "device='cuda' pede uma GPU, e o PyTorch não encontrou nenhuma; "
            "use device='cpu' ou device='auto'."
        )
    return torch.device("cuda" if available and device != "cpu" else "cpu")


def check_data(data, batch_size):
    """Devolve uma cópia de `data` como tensor float32, de pelo menos `batch_size` pontos."""
    array = check_array(data, "data", shape="(n, …)")
    if array.ndim < 2 or 0 in array.shape[1:]:
        raise ValueError(f"data deve ter formato (n, …), mas chegou {array.shape}.")
    if len(array) < batch_size:
        raise ValueError(
            f"batch_size deve ser no máximo o número de pontos de data, {len(array)}, "
            f"mas chegou {batch_size}."
        )
    data = torch.tensor(array, dtype=torch.float32)
    if not torch.isfinite(data).all():
        raise ValueError("data tem números grandes demais para float32.")
    return data


def check_classes(labels, n, *, classes=None):
    """Devolve uma cópia de `labels` como tensor int64 de `n` classes; sem elas, `None`.

    Com `classes`, um tensor, todas devem ser dele.
    """
    if labels is None:
        return None
    labels = torch.from_numpy(check_labels(labels, "labels", n=n))
    if classes is not None and not torch.isin(labels, classes).all():
        raise ValueError(
            f"labels deve ter só classes dos dados, {torch.unique(classes).tolist()}, "
            f"mas chegou {torch.unique(labels).tolist()}."
        )
    return labels


def check_noise(noise, latent_dim):
    """Devolve `noise` como tensor float32 de formato ``(n, latent_dim)``."""
    return torch.from_numpy(check_points(noise, "noise", n_columns=latent_dim)).float()


def check_networks(generator, discriminator, data, labels):
    """Passa dois pontos por cópias das redes e confere os formatos e o caminho do gradiente."""
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        if not any(weight.requires_grad for weight in check_module(network, name).parameters()):
            raise ValueError(f"{name} deve ter pesos que aprendam, e não tem nenhum.")
    latent_dim = getattr(generator, "latent_dim", None)
    if latent_dim is None:
        raise ValueError(
            "generator deve ter o atributo latent_dim, a dimensão do ruído; "
            "escreva self.latent_dim = … no __init__ da sua rede."
        )
    check_int(latent_dim, "generator.latent_dim")
    data, condition = data[:2].cpu(), ()
    if labels is not None:
        # As classes extremas: uma rede que só conhece as do meio falharia no primeiro lote delas.
        condition = (torch.stack([labels.min(), labels.max()])[: len(data)],)
    fake = _dry_run("generator", generator, torch.zeros(len(data), latent_dim), condition)
    if fake.shape != data.shape:
        raise ValueError(
            f"generator deve devolver pontos de formato (n, {_axes(data)}), como data, "
            f"mas devolve (n, {_axes(fake)})."
        )
    logits = _dry_run("discriminator", discriminator, data, condition)
    if logits.shape != (len(data), 1):
        raise ValueError(
            f"discriminator deve devolver um logit por ponto, formato (n, 1), "
            f"mas devolve (n, {_axes(logits)})."
        )


def describe(network):
    """O desenho de uma rede em texto: as camadas, as suas opções e o formato de cada peso."""
    if not isinstance(network, nn.Module):
        return repr(network)
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    return f"{network!r} {shapes}"


def make_alike(make_networks, seed, networks):
    """As redes que `make_networks` faz da semente, se tiverem o desenho de `networks`."""
    made = make_networks(seed)
    if not isinstance(made, tuple | list) or [*map(describe, made)] != [*map(describe, networks)]:
        raise ValueError(
            "make_networks deve devolver um gerador e um discriminador do desenho dos primeiros, "
            f"mas com a semente {seed} devolveu {made!r}."
        )
    return made


def _axes(points):
    return ", ".join(str(size) for size in points.shape[1:])


def _dry_run(name, network, points, condition):
    """O que `network` devolve; numa cópia: há camadas, como a normalização em lote, que mudam."""
    try:
        with torch.enable_grad():
            output = copy.deepcopy(network).cpu().eval()(points, *condition)
    except Exception as error:  # a rede é código do aluno, e falha de qualquer jeito
        raise ValueError(
            f"{name} não aceita entradas de formato (n, {_axes(points)}): "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(output, torch.Tensor) or not output.is_floating_point():
        kind = output.dtype if isinstance(output, torch.Tensor) else type(output).__name__
        raise ValueError(f"{name} deve devolver um tensor de números reais, mas devolve {kind}.")
    if not output.requires_grad:
        raise ValueError(
            f"{name} deve devolver um resultado que depende dos seus pesos; "
            "há um detach() ou um no_grad() no forward dele?"
        )
    return output.detach()
