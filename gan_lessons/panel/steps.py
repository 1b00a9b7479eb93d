"""Os passos de um treino que também anda de meio em meio passo."""


class Steps:
    """Passos inteiros, ou de uma rede só; juntos, dão sempre os passos inteiros do treinador.

    Parameters
    ----------
    trainer : Trainer
    """

    def __init__(self, trainer):
        self.trainer = trainer
        self._n_taken = 0  # meios passos de D já dados no passo em curso

    @property
    def next(self):
        """De quem é o próximo meio passo: ``"discriminator"`` ou ``"generator"``."""
        owed = self._n_taken < self.trainer.recipe.discriminator_steps
        return "discriminator" if owed else "generator"

    def take(self, network):
        """O meio passo de uma rede; ou, com ``"both"``, um passo completo."""
        if network == "discriminator":
            self.trainer.step_discriminator()
            self._n_taken += 1
        elif network == "generator":
            self.trainer.step_generator()
            self._n_taken = 0
        else:
            self.finish()

    def finish(self):
        """Um passo completo, ou o que falta do que ficou pela metade."""
        if not self._n_taken:
            self.trainer.step()
            return
        while self.next == "discriminator":
            self.take("discriminator")
        self.take("generator")
