s/round < rounds/round < 1/
