"""O Adam de uma rede pequena: a conta da PyTorch, bit a bit, por um caminho mais curto.

Em volta dela, `torch.optim.Adam` tem ganchos, medidores e conferências. Numa rede de aula custam
mais que a conta; aqui se chama só ela, a função `torch.optim.adam.adam`.
"""

import torch
from torch.optim.adam import adam


class Adam:
    """Os pesos de uma rede que aprendem, e as duas inércias de cada um.

    Fonte: Kingma & Ba (2015), "Adam: A Method for Stochastic Optimization", algoritmo 1. Caderno:
    ``02_espiral``, que usa `torch.optim.Adam`.

    Parameters
    ----------
    network : torch.nn.Module
    betas : (float, float)
        A memória da média dos gradientes e a da média dos quadrados deles.

    Attributes
    ----------
    weights : list of torch.nn.Parameter
    moments : list of dict of str to torch.Tensor
        De cada peso: ``step``, ``exp_avg`` e ``exp_avg_sq``, os nomes da PyTorch.
    """

    def __init__(self, network, betas):
        self.betas = betas
        self.weights = [weight for weight in network.parameters() if weight.requires_grad]
        self.moments = [
            {
                "step": torch.zeros((), dtype=torch.float32, device=weight.device),
                "exp_avg": torch.zeros_like(weight, requires_grad=False),
                "exp_avg_sq": torch.zeros_like(weight, requires_grad=False),
            }
            for weight in self.weights
        ]

    def descend(self, objective, learning_rate):
        """Um passo contra o gradiente de `objective`; só os pesos desta rede se mexem."""
        for weight in self.weights:
            weight.grad = None
        # Não `torch.autograd.grad`: a conta pede cada gradiente na ordem da memória do peso.
        objective.backward(inputs=self.weights)
        pairs = zip(self.weights, self.moments, strict=True)
        # Um peso de que o objetivo não depende fica como está.
        learning = [pair for pair in pairs if pair[0].grad is not None]
        moments = [moment for _, moment in learning]
        with torch.no_grad():
            adam(
                [weight for weight, _ in learning],
                [weight.grad for weight, _ in learning],
                [moment["exp_avg"] for moment in moments],
                [moment["exp_avg_sq"] for moment in moments],
                [],
                [moment["step"] for moment in moments],
                fused=True,
                amsgrad=False,
                beta1=self.betas[0],
                beta2=self.betas[1],
                lr=learning_rate,
                weight_decay=0.0,
                eps=1e-8,
                maximize=False,
            )
