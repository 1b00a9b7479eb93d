"""`TrainingPanel`: uma GAN nas mãos do estudante."""

import contextlib
import weakref

from gan_lessons.panel import kernel
from gan_lessons.panel.explorer import WIDGET_VIEW
from gan_lessons.panel.link import Link
from gan_lessons.panel.observer import Observer
from gan_lessons.panel.plan import live_data, whole_plan
from gan_lessons.panel.scene import KINDS, scene_for
from gan_lessons.panel.still import still
from gan_lessons.plots import picture_bundle
from gan_lessons.training import Trainer
from gan_lessons.validation import check_int, shown


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
    box : PanelWidget
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
        observer = Observer(trainer, scene, judge_data=judge_data)
        previous = _in_use.get(trainer, lambda: None)()
        if previous is not None:
            previous.close()  # dois painéis no mesmo treinador: o novo fica com ele
        self.trainer = trainer
        self._observer = observer
        self._link = Link(trainer, observer)
        self.session, self.box = self._link.session, self._link.widget
        # Nada guarda o painel: quando o último nome dele some, a linha e o widget se fecham.
        self._finalizer = weakref.finalize(self, self._link.close)
        _in_use[trainer] = weakref.ref(self)
        kernel.register(self)

    def play(self):
        """Começa a treinar; o mesmo que o botão."""
        self.session.play()

    def pause(self):
        """Para no fim do passo em curso; o mesmo que o botão."""
        self.session.pause()

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
            Ele mesmo, com o filme, que a tela deixa rever: escreva-o na última linha da célula.
        """
        n_steps = check_int(n_steps, "n_steps")
        self._link.record(n_steps, check_int(n_frames, "n_frames"), progress)
        return self

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
        snapshot = self.session.snapshot
        text = (
            f"Painel de treino, no passo {snapshot.step}: {KINDS[self._observer.scene.kind]}, com "
            f"as perdas ao lado. O discriminador acerta {100 * snapshot.accuracy:.0f} %"
        )
        return text + (f"; {snapshot.verdict}." if snapshot.verdict else ".")

    def __repr__(self):
        shape = "×".join(map(str, self.trainer.data.shape[1:]))
        return f"painel de treino: {len(self.trainer.data)} amostras de formato {shape}"

    def _repr_mimebundle_(self, **kwargs):
        picture = still(self._observer, self.session.snapshot, self.session.scores.rows)
        data = picture_bundle(picture, self.alt, repr(self))
        # No livro, o painel vive se o navegador souber treinar estas redes.
        with contextlib.suppress(ValueError):
            data |= live_data(whole_plan(self._observer))
        if self._finalizer.alive:
            data[WIDGET_VIEW] = self.box._repr_mimebundle_()[0][WIDGET_VIEW]
        return data


_in_use = weakref.WeakKeyDictionary()
"""O painel de cada treinador, enquanto existir."""
