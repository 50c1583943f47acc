s/ && mb < step->mbs//
