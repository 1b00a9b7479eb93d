"""O que confere uma aula: `confirm`, para as afirmações, e ``check_*``, um por exercício.

Os corretores de cada caderno estão num arquivo com o nome do assunto.
"""

from gan_lessons.checks.claims import confirm
from gan_lessons.checks.digits import (
    check_checkerboard,
    check_narrow_set,
    check_output_size,
    check_projection_logit,
)
from gan_lessons.checks.even import (
    check_diversity_test,
    check_label_slopes,
    check_number_of_bits,
    check_repeat_probability,
    check_stuck_distance,
)
from gan_lessons.checks.exam import (
    check_exam_accusation,
    check_exam_captured_modes,
    check_exam_divergence_apart,
    check_exam_expected_distinct,
    check_exam_frechet,
    check_exam_generator_loss,
    check_exam_judge_interval,
    check_exam_more_seeds,
    check_exam_optimal_discriminator,
    check_exam_transposed_layers,
    exam_summary,
)
from gan_lessons.checks.judging import (
    check_extrapolation,
    check_flagged_is_fake,
    check_frechet_line,
    check_hidden_copies,
    check_memorizer,
)
from gan_lessons.checks.modes import (
    FAILURES,
    check_ceiling,
    check_cheaters,
    check_clear_differences,
    check_diagnosis,
    check_share_distance,
)
from gan_lessons.checks.neighbours import (
    check_break_even,
    check_clean_guess,
    check_latent_divergence,
    check_mixture_size,
    check_remaining_variance,
)
from gan_lessons.checks.seeds import (
    check_expected_best,
    check_mean_interval,
    check_paired_interval,
    check_seeds_needed,
)
from gan_lessons.checks.spiral import (
    check_discriminator_loss,
    check_judge_sample,
    check_number_of_steps,
    check_weak_discriminator,
)
from gan_lessons.checks.theory import (
    check_fools_the_line,
    check_minimum_r1,
    check_myths,
    check_slope_ratio,
    check_transposed_convolution,
    check_unbalanced_discriminator,
)
