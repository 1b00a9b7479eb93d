"""Muitos GANs de uma vez.

`step` tem o passo de um GAN como função pura; `compiled`, o mesmo passo registrado e compilado;
`chunk`, os membros que avançam juntos; `population`, a classe que os leva.
"""

from gan_lessons.population.population import Population as Population
