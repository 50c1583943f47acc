/send_if.*gradient/s/exercise_prev/exercise_next/
