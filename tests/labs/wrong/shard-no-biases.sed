s/ + outputs;/;/
