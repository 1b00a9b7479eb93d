"""`TrainingPanel`: uma GAN nas mãos do estudante."""

import contextlib
import weakref

from gan_lessons.panel import kernel
from gan_lessons.panel.explorer import WIDGET_VIEW
from gan_lessons.panel.observer import Observer
from gan_lessons.panel.plan import live_data, training_plan
from gan_lessons.panel.scenes import scene_for
from gan_lessons.panel.screen import Screen
from gan_lessons.plots import picture_bundle
from gan_lessons.training import Trainer
from gan_lessons.validation import check_int, check_output_path, shown


class TrainingPanel:
    """Um painel ao vivo sobre um `Trainer`: treinar, parar, dar meio passo, mudar a receita.

    O painel treina o próprio `trainer`, noutra linha de execução, e o kernel fica livre para as
    outras células. Os números são os de `Trainer.run`: a mesma semente e os mesmos cliques dão o
    mesmo treino.

    Parameters
    ----------
    trainer : Trainer
        Dados de 1, 2 ou 3 coordenadas, números pares em bits, ou imagens (n, 1, altura, largura).
        Se ele tem `labels`, um menu escolhe a classe pedida.
    judge_data : callable or array_like, optional
        Os pontos reais do juiz: uma função ``(n, seed) → n pontos novos``, ou um conjunto
        guardado. Sem eles, o juiz usa os dados do treino, e o painel o diz. Números pares
        dispensam juiz: contam-se.
    names : sequence of str, optional
        Nomes das coordenadas.

    Attributes
    ----------
    trainer : Trainer
    box : ipywidgets.VBox
        O que aparece na tela.
    session : Session
        A linha de execução que treina.

    Raises
    ------
    TypeError, ValueError
        Se `trainer` não for um `Trainer`, se os dados não tiverem desenho, ou se `judge_data` ou
        `names` não combinarem com eles.

    Examples
    --------
    >>> TrainingPanel(trainer, judge_data=new_points)  # doctest: +SKIP

    Notes
    -----
    Cadernos: ``01_teoria``, ``02_espiral`` e ``03_numeros_pares``.
    """

    def __init__(self, trainer, *, judge_data=None, names=None):
        if not isinstance(trainer, Trainer):
            raise TypeError(f"trainer deve ser um Trainer, mas chegou {shown(trainer)}.")
        scene = scene_for(trainer.data.cpu().numpy(), names)
        observer = Observer(trainer, scene.probe, judge_data=judge_data, even=scene.even)
        previous = _in_use.get(trainer, lambda: None)()
        if previous is not None:
            previous.close()  # dois painéis no mesmo treinador: o novo fica com ele
        self.trainer = trainer
        self._options = {"judge_data": judge_data, "names": names}
        self._screen = Screen(trainer, observer, scene)
        self.session, self.box = self._screen.session, self._screen.controls.box
        # Nada guarda o painel: quando o último nome dele some, a linha e os widgets se fecham.
        self._finalizer = weakref.finalize(self, self._screen.close)
        _in_use[trainer] = weakref.ref(self)
        kernel.register(self)

    def play(self):
        """Começa a treinar; o mesmo que o botão."""
        self.session.play()
        self._screen.refresh_buttons()

    def pause(self):
        """Para no fim do passo em curso; o mesmo que o botão."""
        self.session.pause()
        self._screen.refresh_buttons()

    def record(self, n_steps, *, n_frames=40, progress=False):
        """Treina `n_steps` passos nesta célula e guarda um filme deles.

        Parameters
        ----------
        n_steps : int
        n_frames : int, default=40
            Instantes guardados, igualmente espaçados.
        progress : bool or str, default=False
            Mostra uma barra de progresso; um texto é o nome que aparece nela.

        Returns
        -------
        TrainingPanel
            Ele mesmo, com o filme: escreva-o na última linha da célula. Páginas estáticas mostram
            o filme como uma imagem que se mexe.
        """
        n_steps = check_int(n_steps, "n_steps")
        self.session.record(n_steps, check_int(n_frames, "n_frames"), progress)
        return self

    def save_animation(self, path):
        """Grava o filme numa página HTML que anda sem o kernel e sem a internet.

        Parameters
        ----------
        path : str or pathlib.Path
            Numa pasta que exista; o que houver ali só é trocado quando o filme está inteiro.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        TypeError, ValueError
            Se `path` não for um caminho, ou se a pasta dele não existir.
        """
        return self._screen.save_animation(check_output_path(path))

    def close(self):
        """Para o treino e desfaz o painel; o treinador continua utilizável."""
        self._finalizer()

    @property
    def snapshots(self):
        """Os instantes do filme, do passo 0 até agora: `observer.Snapshot`."""
        return list(self.session.film.snapshots)

    @property
    def alt(self):
        """O painel em palavras, para quem não o vê."""
        return self._screen.alt

    def __repr__(self):
        shape = "×".join(map(str, self.trainer.data.shape[1:]))
        return f"painel de treino: {len(self.trainer.data)} amostras de formato {shape}"

    def _repr_mimebundle_(self, **kwargs):
        data = picture_bundle(self._screen.still(), self.alt, repr(self))
        # No livro, o painel vive se o navegador souber treinar estas redes.
        with contextlib.suppress(ValueError):
            data |= live_data(training_plan(self.trainer, **self._options))
        if self._finalizer.alive:
            data[WIDGET_VIEW] = self.box._repr_mimebundle_()[WIDGET_VIEW]
        return data


_in_use = weakref.WeakKeyDictionary()
"""O painel de cada treinador, enquanto existir."""
