from django.http import HttpResponse


def village_list(request):
    return HttpResponse("")


def village_detail(request, pk):
    return HttpResponse("")
