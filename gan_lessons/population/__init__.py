"""Muitas GANs de uma vez.

`step` tem o passo de uma GAN como função pura; `compiled`, o mesmo passo registrado e compilado;
`streams`, os sorteios de cada membro; `chunk`, os membros que avançam juntos; `networks`, as redes
conferidas; `plan`, quanto um treino gasta e como se reparte; `population`, a classe.
"""

from gan_lessons.population.population import Population as Population
