noinst_LIBRARIES += %D%/libtrain.a
src_train_libtrain_a_SOURCES = \
	%D%/checkpoint.c \
	%D%/checkpoint.h \
	%D%/part.c \
	%D%/part.h \
	%D%/profile.c \
	%D%/profile.h \
	%D%/rank_memory.c \
	%D%/rank_memory.h \
	%D%/recipe.c \
	%D%/recipe.h \
	%D%/stage.c \
	%D%/stage.h \
	%D%/trainer.c \
	%D%/trainer.h \
	%D%/trainer_results.c \
	%D%/training_bytes.c \
	%D%/training_bytes.h
