# A socket like systemd's: writes each datagram that it receives as a line.
import os, socket, sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
print('listening', flush=True)
while True:
    data, descriptors, _, _ = socket.recv_fds(receiver, 4096, 4)
    # Of a barrier: closing its descriptor tells systemd-notify that the message was read.
    for descriptor in descriptors:
        os.close(descriptor)
    print(data.decode().replace('\n', ' '), flush=True)
