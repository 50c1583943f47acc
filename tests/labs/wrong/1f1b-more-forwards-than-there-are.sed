s/ && forward < plan->mbs//
