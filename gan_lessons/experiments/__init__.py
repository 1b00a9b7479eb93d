"""Experimentos longos, um por arquivo, com o resultado gravado ao lado para as aulas lerem."""
