s/m < plan->mbs; m++/m < 2 * plan->mbs; m++/
/ACTION_FORWARD/s/plan_add/if (m < plan->mbs) &/
/FULL_BACKWARD/{
s/plan_add/if (m >= plan->mbs) &/
s/r, m)/r, m - plan->mbs)/
}
