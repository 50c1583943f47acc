s/+= share/= share/
