s/send_to(rank, peer, tensor);/{ & & }/
