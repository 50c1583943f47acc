# docker build -t pipelab . && docker run --rm -it pipelab
FROM debian:12
RUN apt-get update && \
    apt-get install -y --no-install-recommends git gdb python3 \
        dataset-fashion-mnist
WORKDIR /pipelab
COPY . .
RUN ./bootstrap run --version
ENV PATH=/pipelab/build:$PATH
CMD ["bash"]
