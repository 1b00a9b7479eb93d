"""O que entra num treino, conferido antes do primeiro passo: dispositivo, dados e redes."""

import copy

import numpy as np
import torch

from gan_lessons.validation import check_choice, check_int


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
    try:
        data = torch.as_tensor(np.asarray(data), dtype=torch.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"data deve ser uma matriz de números, mas chegou {type(data).__name__}."
        ) from error
    if data.dim() < 2:
        raise ValueError(f"data deve ter formato (n, …), mas chegou {tuple(data.shape)}.")
    if len(data) < batch_size:
        raise ValueError(
            f"batch_size deve ser no máximo o número de pontos de data, {len(data)}, "
            f"mas chegou {batch_size}."
        )
    if not torch.isfinite(data).all():
        raise ValueError("data tem valores não finitos (NaN ou infinito); retire-os antes.")
    return data


def check_labels(labels, n):
    if labels is None:
        return None
    labels = np.asarray(labels)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels deve ter {n} números inteiros, um por ponto, mas chegou "
            f"{labels.dtype} de formato {labels.shape}."
        )
    return torch.as_tensor(labels, dtype=torch.long)


@torch.no_grad()
def check_networks(generator, discriminator, data, labels):
    """Passa dois pontos pelas redes e confere os formatos."""
    latent_dim = getattr(generator, "latent_dim", None)
    if latent_dim is None:
        raise ValueError(
            "generator deve ter o atributo latent_dim, a dimensão do ruído; "
            "escreva self.latent_dim = … no __init__ da sua rede."
        )
    check_int(latent_dim, "generator.latent_dim")
    data = data[:2].cpu()
    condition = () if labels is None else (labels[:2],)
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


def _axes(points):
    return ", ".join(str(size) for size in points.shape[1:])


def _dry_run(name, network, points, condition):
    # Numa cópia na CPU: camadas como a batch norm mudam ao serem usadas.
    network = copy.deepcopy(network).cpu().eval()
    try:
        return network(points, *condition)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"{name} não aceita entradas de formato (n, {_axes(points)}): {error}"
        ) from error
