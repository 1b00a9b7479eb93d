"""A imagem que há numa saída de célula, como os testes a leem."""

import base64
import io

from bs4 import BeautifulSoup
from PIL import Image


def picture_in(data):
    """O ``<img>`` de uma saída, e a imagem dentro dele: ``(Tag, PIL.Image.Image)``."""
    image = BeautifulSoup(data["text/html"], "html.parser").img
    head, _, body = image["src"].partition(";base64,")
    picture = Image.open(io.BytesIO(base64.b64decode(body)))
    assert head == f"data:image/{picture.format.lower()}"
    return image, picture
