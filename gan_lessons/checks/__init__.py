"""O que confere uma aula: `confirm`, para as afirmações, e ``check_*``, um por exercício.

Os corretores de cada caderno estão num arquivo com o nome do assunto.
"""

from gan_lessons.checks.claims import confirm as confirm
from gan_lessons.checks.digits import check_checkerboard as check_checkerboard
from gan_lessons.checks.digits import check_narrow_set as check_narrow_set
from gan_lessons.checks.digits import check_output_size as check_output_size
from gan_lessons.checks.digits import check_projection_logit as check_projection_logit
from gan_lessons.checks.even import check_diversity_test as check_diversity_test
from gan_lessons.checks.even import check_label_slopes as check_label_slopes
from gan_lessons.checks.even import check_number_of_bits as check_number_of_bits
from gan_lessons.checks.even import check_repeat_probability as check_repeat_probability
from gan_lessons.checks.even import check_stuck_distance as check_stuck_distance
from gan_lessons.checks.exam import check_exam_accusation as check_exam_accusation
from gan_lessons.checks.exam import check_exam_captured_modes as check_exam_captured_modes
from gan_lessons.checks.exam import check_exam_divergence_apart as check_exam_divergence_apart
from gan_lessons.checks.exam import check_exam_expected_distinct as check_exam_expected_distinct
from gan_lessons.checks.exam import check_exam_frechet as check_exam_frechet
from gan_lessons.checks.exam import check_exam_generator_loss as check_exam_generator_loss
from gan_lessons.checks.exam import check_exam_judge_interval as check_exam_judge_interval
from gan_lessons.checks.exam import check_exam_more_seeds as check_exam_more_seeds
from gan_lessons.checks.exam import (
    check_exam_optimal_discriminator as check_exam_optimal_discriminator,
)
from gan_lessons.checks.exam import check_exam_transposed_layers as check_exam_transposed_layers
from gan_lessons.checks.exam import exam_summary as exam_summary
from gan_lessons.checks.judging import check_extrapolation as check_extrapolation
from gan_lessons.checks.judging import check_flagged_is_fake as check_flagged_is_fake
from gan_lessons.checks.judging import check_frechet_line as check_frechet_line
from gan_lessons.checks.judging import check_hidden_copies as check_hidden_copies
from gan_lessons.checks.judging import check_memorizer as check_memorizer
from gan_lessons.checks.modes import FAILURES as FAILURES
from gan_lessons.checks.modes import check_ceiling as check_ceiling
from gan_lessons.checks.modes import check_cheaters as check_cheaters
from gan_lessons.checks.modes import check_clear_differences as check_clear_differences
from gan_lessons.checks.modes import check_diagnosis as check_diagnosis
from gan_lessons.checks.modes import check_share_distance as check_share_distance
from gan_lessons.checks.seeds import check_expected_best as check_expected_best
from gan_lessons.checks.seeds import check_mean_interval as check_mean_interval
from gan_lessons.checks.seeds import check_paired_interval as check_paired_interval
from gan_lessons.checks.seeds import check_seeds_needed as check_seeds_needed
from gan_lessons.checks.spiral import check_discriminator_loss as check_discriminator_loss
from gan_lessons.checks.spiral import check_judge_sample as check_judge_sample
from gan_lessons.checks.spiral import check_number_of_steps as check_number_of_steps
from gan_lessons.checks.spiral import check_weak_discriminator as check_weak_discriminator
from gan_lessons.checks.theory import check_fools_the_line as check_fools_the_line
from gan_lessons.checks.theory import check_minimum_r1 as check_minimum_r1
from gan_lessons.checks.theory import check_myths as check_myths
from gan_lessons.checks.theory import check_slope_ratio as check_slope_ratio
from gan_lessons.checks.theory import check_transposed_convolution as check_transposed_convolution
from gan_lessons.checks.theory import (
    check_unbalanced_discriminator as check_unbalanced_discriminator,
)
