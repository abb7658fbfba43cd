// The limit for answering nginx: libfcgi, four threads, each FCGX_Accept_r and the same bytes, or 304 to who has a tag. Arguments: socket, file.
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int listener;
static char *bytes;
static long size;

static void *answer(void *unused)
{
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        if (FCGX_GetParam("HTTP_IF_NONE_MATCH", request.envp)) {
            FCGX_FPrintF(request.out, "Status: 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
            FCGX_Finish_r(&request);
            continue;
        }
        FCGX_FPrintF(request.out, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", (int)size);
        FCGX_PutStr(bytes, (int)size, request.out);
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(int count, char **arguments)
{
    FILE *file = count == 3 ? fopen(arguments[2], "rb") : NULL;
    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) return 2;
    rewind(file);
    bytes = malloc((size_t)size);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size || FCGX_Init()) return 2;
    if ((listener = FCGX_OpenSocket(arguments[1], 1024)) < 0) return 2;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, answer, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    return 0;
}
