"""A auditoria das margens: com quanta folga cada afirmação das aulas se cumpre.

Outro processador arredonda de outro jeito, e um treino longo amplia a diferença. `recorder` vive
no kernel: muda os arredondamentos e anota os dois lados de cada comparação de um `confirm`;
`audit` executa as aulas muitas vezes; `table` resume o que saiu; `claims` lê as afirmações de um
caderno; `clock` acha as que dependem de um relógio.
"""
