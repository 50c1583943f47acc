s/slots\[ring->first\]/slots[(ring->first + ring->used - 1) % ring->capacity]/
/ring->first = (ring->first + 1)/d
