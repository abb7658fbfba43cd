// The limit for answering nginx: libfcgi, four threads, each FCGX_Accept_r and the same bytes, head and body, or the head of a
// 304 to who has a tag. Arguments: socket, head, body, head of the 304.
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct { char *bytes; long size; } text;

static int listener;
static text head, body, unchanged;

static text whole(const char *path)
{
    text text = { NULL, 0 };
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) || (text.size = ftell(file)) < 0) exit(2);
    rewind(file);
    text.bytes = malloc((size_t)text.size + 1);
    if (fread(text.bytes, 1, (size_t)text.size, file) != (size_t)text.size) exit(2);
    fclose(file);
    return text;
}

static void *answer(void *unused)
{
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        if (FCGX_GetParam("HTTP_IF_NONE_MATCH", request.envp)) {
            FCGX_PutStr(unchanged.bytes, (int)unchanged.size, request.out);
        } else {
            FCGX_PutStr(head.bytes, (int)head.size, request.out);
            FCGX_PutStr(body.bytes, (int)body.size, request.out);
        }
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(int count, char **arguments)
{
    if (count != 5) return 2;
    head = whole(arguments[2]);
    body = whole(arguments[3]);
    unchanged = whole(arguments[4]);
    if (FCGX_Init()) return 2;
    if ((listener = FCGX_OpenSocket(arguments[1], 1024)) < 0) return 2;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, answer, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    return 0;
}
